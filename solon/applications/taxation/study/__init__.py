"""The published studies of tax policy: cells, tables, reports."""
