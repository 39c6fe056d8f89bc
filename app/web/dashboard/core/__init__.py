"""Templates, assets, forms and live updates that all pages share."""
