"""The tests of access, tested: each check that is dropped is noticed by a named test."""

from local.engine import running_engine
from local.tables import connection
from tests.access import authorizer, mutants, rules


class AuthorizerTest(mutants.MutantsTest):
    """The authorizer, with one check less."""

    package = "authorizer"
    suite = "authorizer"
    mutations = authorizer.MUTATIONS


class RulesTest(mutants.MutantsTest):
    """The service, with one rule less."""

    package = "users_api"
    suite = "http"
    mutations = rules.MUTATIONS

    def setUp(self) -> None:
        super().setUp()
        self.environ = connection(self.enterContext(running_engine()))
