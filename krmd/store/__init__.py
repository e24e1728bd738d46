"""The database: tables, engines, one repository a subject, migrations. It decides nothing."""
