pytest_plugins = ["tests.fixtures.practice", "tests.fixtures.web"]
