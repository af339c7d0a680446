"""D3e, délai médian d'entrée : jours du dépôt de la demande acceptée au premier contrat."""

import random
from datetime import date, timedelta

from tests.specifications.jeux_contrats import contrat
from tests.specifications.outils import SQL_T2, egal, ligne_de, reseau, valeur_de
from tests.specifications.test_D1 import demande

ENTREE = date(2026, 6, 22)


def acceptee(enfant, depot, code="A", **reste):
    return demande(
        f"{enfant}{depot}",
        code,
        appariement=enfant,
        depot=depot,
        decision="acceptee",
        date_decision=date(2026, 6, 1),
        **reste,
    )


def calculer(dossier, demandes, contrats):
    jeu = reseau(dossier)
    jeu.ecrire("demandes", demandes)
    jeu.ecrire("contrats", contrats)
    enfants = {c["enfant"] for c in contrats}
    jeu.ecrire("enfants", [{"enfant": e, "appariement": e} for e in sorted(enfants)])
    return jeu.calculer("demandes")


def test_du_depot_au_premier_jour(tmp_path):
    table = calculer(
        tmp_path,
        [acceptee("x", date(2026, 5, 23)), acceptee("y", date(2026, 6, 12))],
        [contrat("x", "A", debut=ENTREE), contrat("y", "A", debut=ENTREE)],
    )
    # Du 23 mai au 22 juin : 30 jours ; du 12 au 22 juin : 10.
    assert valeur_de(table, "D3e", "A") == (30 + 10) / 2
    assert ligne_de(table, "D3e", "A")["effectif"] == 2


def test_compte_dans_la_periode_de_l_entree(tmp_path):
    table = calculer(
        tmp_path,
        [acceptee("x", date(2026, 5, 23))],
        [contrat("x", "A", debut=date(2026, 9, 1))],
    )
    assert ligne_de(table, "D3e", "A")["statut"] == "non_calculable"
    assert valeur_de(table, "D3e", "A", periode="2026-T3") == 8 + 30 + 31 + 31 + 1


def test_la_premiere_demande_acceptee_et_le_premier_contrat(tmp_path):
    table = calculer(
        tmp_path,
        [acceptee("x", date(2026, 6, 2)), acceptee("x", date(2026, 6, 20))],
        [contrat("x", "A", debut=ENTREE), contrat("x", "A", debut=date(2026, 6, 29))],
    )
    assert valeur_de(table, "D3e", "A") == 20
    assert ligne_de(table, "D3e", "A")["effectif"] == 1


def test_ni_refus_ni_autre_etablissement_ni_contrat_anterieur(tmp_path):
    refusee = acceptee("x", date(2026, 5, 1)) | {"decision": "refusee"}
    table = calculer(
        tmp_path,
        [refusee, acceptee("y", date(2026, 5, 1), "B"), acceptee("z", date(2026, 6, 23))],
        [contrat(e, "A", debut=ENTREE) for e in "xyz"],
    )
    assert ligne_de(table, "D3e", "99")["statut"] == "non_calculable"
    assert ligne_de(table, "D3e", "99")["effectif"] == 0


def test_mutation_sans_appariement_l_entree_ne_se_reconnait_pas(tmp_path):
    demandes = [acceptee("x", date(2026, 6, 12))]
    contrats = [contrat("x", "A", debut=ENTREE)]
    assert valeur_de(calculer(tmp_path / "a", demandes, contrats), "D3e", "A") == 10
    sans = [d | {"appariement": None} for d in demandes]
    assert valeur_de(calculer(tmp_path / "b", sans, contrats), "D3e", "A") is None


def test_egale_une_requete_independante(tmp_path):
    hasard = random.Random(3)
    jours = [date(2026, 3, 1) + timedelta(n) for n in range(100)]
    jeu = reseau(tmp_path)
    jeu.ecrire(
        "demandes",
        [
            acceptee(f"p{hasard.randrange(30)}", hasard.choice(jours), hasard.choice("AB"))
            | {"demande": f"d{n}"}
            for n in range(60)
        ],
    )
    jeu.ecrire("enfants", [{"enfant": f"e{n}", "appariement": f"p{n // 2}"} for n in range(60)])
    jeu.ecrire(
        "contrats",
        [
            contrat(f"e{hasard.randrange(60)}", hasard.choice("AB"), debut=hasard.choice(jours))
            | {"contrat": f"k{n}"}
            for n in range(90)
        ],
    )
    requete = (
        "from (select d.etablissement, e.appariement, min(c.debut) as entree, "
        "arg_min(d.depot, struct_pack(debut := c.debut, depot := d.depot)) as depot "
        "from demandes d join enfants e using (appariement) join contrats c on c.enfant = e.enfant "
        "and c.etablissement = d.etablissement and c.debut >= d.depot group by all) "
        f"where entree {SQL_T2}"
    )
    ligne = ligne_de(jeu.calculer("demandes"), "D3e", "99", periode="2026-T2")
    assert ligne["effectif"] == jeu.sql(f"select count(*) {requete}") > 5
    assert ligne["valeur"] == egal(float(jeu.sql(f"select median(entree - depot) {requete}")))
