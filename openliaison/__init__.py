"""OpenLiaison: the work system with which a county or city stands by its enterprises."""
