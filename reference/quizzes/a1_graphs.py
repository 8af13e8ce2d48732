"""W8: at x = 2, z = 3 the gradient of exp(xz) + xz/log(x) + sin(log(x))/(xz) is [1208, 810]."""

answer = "E"
