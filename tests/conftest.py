pytest_plugins = [
    "tests.fixtures.databases",
    "tests.fixtures.line",
    "tests.fixtures.browser",
    "tests.fixtures.practice",
    "tests.fixtures.web",
]
