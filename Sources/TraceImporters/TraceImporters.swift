// Importers live here.
