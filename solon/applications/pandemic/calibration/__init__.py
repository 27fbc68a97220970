"""Calibration of the pandemic economy, judged by forecasts of what had not happened yet.

`known` has the one function that cuts the data at an origin, `baselines` and `published` what has
to be beaten, `scores` how; `transmission` and `recovery` are the models of deaths and of
unemployment with what `prior` believes of them, `fit` and `forecast` put the first to the data,
`widths` learns from earlier origins how wide intervals have to be, and `rolling` is all of it at an
origin. `study` scores every origin, and `ensemble` hands the parameters to the economy.
"""
