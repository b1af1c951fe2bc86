"""Look and manner: templates, assets, language, purpose bar."""
