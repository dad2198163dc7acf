"""papermart: saved listing pages of research papers, turned into a warehouse.

The layers and who may import whom: `text` <- `schema` <- `sources` <- `extraction`;
`schema` <- `warehouse` <- `sql_models`; all of these <- `build` <- the faces (`cli`, `defs`).
"""
