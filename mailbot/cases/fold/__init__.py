"""What each event changes in a case, one module for each part of the procedure; stages.apply puts them together."""
