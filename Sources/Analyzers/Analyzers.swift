// Analyzers live here.
