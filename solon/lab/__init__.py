"""The lab: a web app in which a policy is changed and its consequences are watched.

`solon lab` starts it. It needs the extra `lab`; nothing else in Solon imports it.
"""
