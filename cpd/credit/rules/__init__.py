"""Pure rules of credit: authorities, formulas, units, worksheets and claims."""
