"""Chaque attente de `validations/` : la table saine la tient, sa faute la fait rougir."""

from pathlib import Path

import pytest

from rtpe_analyse.controles.constats import relever_constats
from rtpe_analyse.controles.entrees import Entrees
from rtpe_analyse.controles.jugement import Juge, Resultat
from rtpe_analyse.controles.lots import juger_unites
from rtpe_analyse.controles.suites import Attente, lire_suites
from rtpe_analyse.controles.unites import unites_a_juger
from tests.validations.monde import Monde, monde_sain
from tests.validations.mutations import MUTATIONS

SUITES = lire_suites()
ATTENTES = {a.id: a for suite in SUITES.values() for a in suite.attentes}


@pytest.fixture(scope="module")
def juge() -> Juge:
    return Juge()


def juger(monde: Monde, dossier: Path, juge: Juge, seule: Attente | None = None) -> list[Resultat]:
    """Résultats de toutes les attentes, ou d'une seule, sur toutes ses unités."""
    entrees = Entrees(monde.ecrire(dossier))
    relever_constats(entrees)
    if seule is None:
        unites = unites_a_juger(entrees, SUITES)
        return [r for _, rs in juger_unites(juge, unites, lambda *_: None) for r in rs.values()]
    unites = [u for u in unites_a_juger(entrees, SUITES) if seule in u.attentes]
    return [juge.juger(u.charger(), [seule], u.bornes)[seule.id] for u in unites]


def test_on_a_trouve_les_attentes() -> None:
    assert len(ATTENTES) >= 60
    assert {nom.split(".")[0] for nom in SUITES} == {"brut", "propre"}


def test_chaque_attente_a_sa_faute() -> None:
    assert MUTATIONS.keys() == ATTENTES.keys()


def test_la_table_saine_tient_tout(tmp_path: Path, juge: Juge) -> None:
    resultats = juger(monde_sain(), tmp_path, juge)
    assert len(resultats) >= len(ATTENTES)
    assert {r.statut for r in resultats} == {"reussi"}
    assert all(r.n > 0 and r.n_inattendus == 0 for r in resultats)


@pytest.mark.parametrize("ident", sorted(ATTENTES))
def test_la_faute_fait_rougir(ident: str, tmp_path: Path, juge: Juge) -> None:
    monde = monde_sain()
    MUTATIONS[ident](monde)
    resultats = juger(monde, tmp_path, juge, ATTENTES[ident])
    assert {r.statut for r in resultats} <= {"reussi", "echec"}
    fautifs = [r for r in resultats if r.statut == "echec"]
    assert fautifs
    assert all(r.n_inattendus > 0 for r in fautifs)


@pytest.mark.parametrize("attente", ATTENTES.values(), ids=lambda a: a.id)
def test_une_borne_datee_ne_se_demande_qu_a_une_periode(attente: Attente) -> None:
    """Une borne injectée dans une table sans période serait un contrôle toujours impossible."""
    if attente.parametres:
        assert attente.table in {"pointages", "factures", "usagers_filoue"}
        assert attente.reference
