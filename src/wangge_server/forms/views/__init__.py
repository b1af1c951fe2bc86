"""Pages of forms: the list, one form with its versions, one version with its preview."""
