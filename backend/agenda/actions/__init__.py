"""Verbs on meetings and agendas: plan, poll, convene, move, cancel, ask in an emergency, prepare, hold."""
