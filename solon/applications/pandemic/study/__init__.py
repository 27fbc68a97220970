"""The published study of pandemic policy: cells, tables, report."""
