"""Events that steer the cells: the presentation at each rentrée, the meetings of the COPIL; never a situation."""
