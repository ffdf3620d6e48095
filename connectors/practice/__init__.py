"""The practice platform: a server on loopback that speaks the Graph API subset for Pages and Instagram.

It is *mode latihan* for volunteers, the demo, and the strict other side of the connectors in tests. Nothing published
here is seen anywhere else. A process of its own (``python -m connectors.practice --home DIR``) or a thread in a test
(``PracticeServer``); state in one SQLite file. Facts about Meta follow the changelog and reference pages of v25.0.
"""

from __future__ import annotations

#: Every practice token begins so; any other token is refused with code 190.
TOKEN_PREFIX = "latihan-"  # noqa: S105  a prefix, not a secret
#: The one practice app. ``APP_ID|APP_SECRET`` is the app token.
APP_ID = "latihan-app"
APP_SECRET = "latihan-rahasia-aplikasi"  # noqa: S105  opens nothing but the practice platform
