"""D3, délai médian de réponse : jours du dépôt à la décision, un enfant une fois."""

from datetime import date, timedelta

from tests.specifications.conftest import Hasard
from tests.specifications.outils import SQL_T2, egal, ligne_de, reseau, valeur_de
from tests.specifications.test_D1 import calculer, demande

DEPOT = date(2026, 4, 1)


def repondues(code, *delais, **reste):
    return [
        demande(
            f"{code}{n}",
            code,
            **{
                "depot": (decision := date(2026, 6, 20)) - timedelta(delai),
                "decision": "refusee" if n % 2 else "acceptee",
                "date_decision": decision,
                **reste,
            },
        )
        for n, delai in enumerate(delais)
    ]


def test_la_moitie_des_reponses_en_moins_de_jours(tmp_path):
    table = calculer(tmp_path, *repondues("A", 10, 30, 80), *repondues("B", 20, 40))
    assert valeur_de(table, "D3", "A") == 30
    # Deux réponses : à mi-chemin de 20 et 40.
    assert valeur_de(table, "D3", "B") == (20 + 40) / 2
    # 10, 20, 30, 40, 80 : la médiane n'est ni la moyenne (36) ni celle des médianes (30).
    assert valeur_de(table, "D3", "99") == 30
    assert ligne_de(table, "D3", "99")["effectif"] == 5


def test_un_enfant_redepose_une_seule_reponse_la_derniere(tmp_path):
    table = calculer(
        tmp_path,
        *repondues("A", 50),
        demande(
            "re",
            "B",
            appariement="pA0",
            depot=date(2026, 6, 15),
            decision="acceptee",
            date_decision=date(2026, 6, 25),
        ),
    )
    assert valeur_de(table, "D3", "B") == 10
    assert valeur_de(table, "D3", "99") == 10
    assert ligne_de(table, "D3", "A")["statut"] == "non_calculable"


def test_une_decision_avant_le_depot_n_a_pas_de_delai(tmp_path):
    table = calculer(tmp_path, *repondues("A", -3, 12))
    assert valeur_de(table, "D3", "A") == 12
    assert ligne_de(table, "D3", "A")["effectif"] == 1


def test_le_jour_meme_vaut_zero_jour(tmp_path):
    assert valeur_de(calculer(tmp_path, *repondues("A", 0, 0)), "D3", "A") == 0


def test_mutation_repondre_plus_tard_allonge_la_mediane(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", repondues("A", 10, 30, 80))
    avant = valeur_de(jeu.calculer("demandes"), "D3", "A")
    jeu.ecrire("demandes", repondues("A", 10, 45, 80))
    assert valeur_de(jeu.calculer("demandes"), "D3", "A") - avant == 15


SQL_DERNIERES = (
    "(select *, date_decision - depot as delai from demandes where decision in "
    "('acceptee', 'refusee') and date_decision {quand} qualify row_number() over (partition by "
    "coalesce(appariement, demande) order by date_decision desc, depot desc, demande desc) = 1)"
)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        f"select median(delai) from {SQL_DERNIERES.format(quand=SQL_T2)} where delai >= 0"
    )
    assert valeur_de(hasard.famille("demandes"), "D3", "99", periode="2026-T2") == egal(attendu)
