"""papermart: saved listing pages of research papers, turned into a warehouse.

The packages lie on floors, and imports go down only: `[tool.importlinter]` in pyproject.toml lists
them, `make lint` holds them.
"""
