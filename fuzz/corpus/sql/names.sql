SELECT "$", "$a", [1], "﻿b" FROM c
