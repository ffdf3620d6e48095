pytest_plugins = ["tests.fixtures.practice"]
