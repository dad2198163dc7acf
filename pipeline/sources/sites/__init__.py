"""The sites, one module each: found by themselves, nothing else lists them.

A module offers what `sources.reading.Source` says. Modules that help one site lie beside `sites`.
"""
