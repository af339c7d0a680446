"""N4 : enfants présents prévus, par jour d'ouverture, semaine après semaine."""

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.indicateurs.flux_connus import heures_connues, lire_flux
from rtpe_analyse.indicateurs.previsions import calculer_previsions
from tests.specifications.outils import Jeu, egal, ligne_de, ouvertures
from tests.specifications.test_N2 import LUNDI, _jeu

LE = date(2026, 5, 3)
SEMAINES = 18
# Dix-huit semaines depuis le 29 décembre : la dernière connue est celle du 27 avril.
SUIVANTE = {"periode": "2026-T2", "ventilation": "semaine_centre", "modalite": "2026-05-04"}


def test_un_niveau_constant_se_prolonge_et_s_additionne(tmp_path):
    """Dix enfants chaque jour en A, quatre en B : quatorze au territoire, sans marge."""
    table = calculer_previsions(_jeu(tmp_path, 10, SEMAINES).lieux, LE)
    assert ligne_de(table, "N4", "A", **SUIVANTE)["valeur"] == egal(10)
    assert ligne_de(table, "N4", "T1", **SUIVANTE)["valeur"] == egal(14)
    assert ligne_de(table, "N4", "A", **SUIVANTE)["effectif"] == 10
    for borne in ("semaine_bas", "semaine_haut"):
        ligne = ligne_de(table, "N4", "A", **{**SUIVANTE, "ventilation": borne})
        assert ligne["valeur"] == pytest.approx(10, abs=1e-6)


def test_vingt_six_semaines_rangees_au_trimestre_de_leur_lundi(tmp_path):
    table = calculer_previsions(_jeu(tmp_path, 10, SEMAINES).lieux, LE)
    a = table.filter(
        pl.col("indicateur") == "N4",
        pl.col("zone") == "A",
        pl.col("ventilation") == "semaine_centre",
    ).sort("modalite")
    attendues = [LUNDI + timedelta(weeks=SEMAINES + n) for n in range(26)]
    assert a["modalite"].to_list() == [j.isoformat() for j in attendues]
    # Du 4 mai au 29 juin : neuf lundis ; puis treize, puis quatre jusqu'au 26 octobre.
    assert a.group_by("periode").len().sort("periode")["len"].to_list() == [9, 13, 4]


def _avec_calendrier(jeu: Jeu, fermes: tuple[str, ...]) -> Jeu:
    """Calendrier annoncé jusqu'en juin : `fermes` n'ont aucun jour prévu la semaine du 11 mai."""
    connus = jeu.lire("ouvertures").drop("_fichier", "_ligne").to_dicts()
    for code in ("A", "B"):
        for n in range(5):
            lundi = LUNDI + timedelta(weeks=SEMAINES + n)
            jours = ouvertures(code, lundi, 5, 20)
            if code in fermes and n == 1:
                jours = [{**j, "prevu": False, "ouvert": False} for j in jours]
            connus += jours
    jeu.ecrire("ouvertures", connus)
    return jeu


def test_une_fermeture_annoncee_vaut_zero_et_la_zone_perd_sa_part(tmp_path):
    """B fermé la semaine du 11 mai : il en reste 10 des 14 ; une semaine plus tard, 14."""
    jeu = _avec_calendrier(_jeu(tmp_path, 10, SEMAINES), ("B",))
    table = calculer_previsions(jeu.lieux, LE)
    fermee = {**SUIVANTE, "modalite": "2026-05-11"}
    ligne = ligne_de(table, "N4", "B", **fermee)
    assert (ligne["valeur"], ligne["source"]) == (0, "fermeture annoncée")
    assert ligne_de(table, "N4", "A", **fermee)["valeur"] == egal(10)
    assert ligne_de(table, "N4", "T1", **fermee)["valeur"] == egal(10)
    suivante = {**SUIVANTE, "modalite": "2026-05-18"}
    assert ligne_de(table, "N4", "T1", **suivante)["valeur"] == egal(14)


def test_tous_fermes_la_zone_est_a_zero(tmp_path):
    jeu = _avec_calendrier(_jeu(tmp_path, 10, SEMAINES), ("A", "B"))
    table = calculer_previsions(jeu.lieux, LE)
    ligne = ligne_de(table, "N4", "T1", **{**SUIVANTE, "modalite": "2026-05-11"})
    assert (ligne["valeur"], ligne["source"]) == (0, "fermeture annoncée")


def test_une_semaine_commencee_n_est_pas_une_semaine_connue(tmp_path):
    """Pointages jusqu'au mercredi 29 avril : la semaine du 27 se prévoit, à dix enfants."""
    jeu = _jeu(tmp_path, 10, SEMAINES)
    pointages = jeu.lire("pointages").filter(pl.col("date") <= date(2026, 4, 29))
    jeu.ecrire("pointages", pointages.drop("_fichier", "_ligne").to_dicts())
    table = calculer_previsions(jeu.lieux, LE)
    commencee = {**SUIVANTE, "modalite": "2026-04-27"}
    assert ligne_de(table, "N4", "A", **commencee)["valeur"] == egal(10)


def test_un_enfant_de_plus_chaque_jour_change_la_prevision(tmp_path):
    """Mutation."""
    table = calculer_previsions(_jeu(tmp_path, 11, SEMAINES).lieux, LE)
    assert ligne_de(table, "N4", "A", **SUIVANTE)["valeur"] == egal(11)


def _heures_en_sql(jeu: Jeu, code: str, vue: date, milieu: date) -> float:
    """Heures connues ce jour-là, recalculées depuis les tables, préavis de 30 jours."""
    heures: float = jeu.sql(
        f"""
        WITH vus AS (
            SELECT c.etablissement, c.debut, c.fin, c.heures_hebdo_h AS heures,
                   e.mois_naissance AS ne, least(c.debut, (
                       SELECT min(d.date_decision) FROM demandes d
                       WHERE d.appariement = e.appariement AND d.decision = 'acceptee'
                             AND d.etablissement = c.etablissement)) AS connu
            FROM contrats c LEFT JOIN enfants e USING (enfant)
            UNION ALL
            SELECT d.etablissement, d.entree_souhaitee, NULL, d.heures_hebdo_h,
                   d.mois_naissance, d.date_decision
            FROM demandes d
            WHERE d.decision = 'acceptee' AND NOT EXISTS (
                SELECT 1 FROM contrats c JOIN enfants e USING (enfant)
                WHERE e.appariement = d.appariement AND c.etablissement = d.etablissement)
        ), dates AS (
            SELECT *, make_date(year(ne) + 3, 8, 31) AS ecole,
                   month(fin) IN (7, 8) AS d_ete
            FROM vus
        ), finis AS (
            SELECT *, CASE
                WHEN fin IS NOT NULL AND (d_ete OR DATE '{vue}' >= fin - 30) THEN fin
                WHEN ecole > DATE '{vue}' THEN ecole
                ELSE make_date(year(DATE '{vue}') + (month(DATE '{vue}') > 8)::INT, 8, 31)
            END AS jusqu_a
            FROM dates
        )
        SELECT coalesce(sum(heures), 0) FROM finis
        WHERE etablissement = '{code}' AND connu <= DATE '{vue}'
              AND debut <= DATE '{milieu}' AND jusqu_a >= DATE '{milieu}'
        """
    )
    return heures


def _avec_flux(dossier: Path, graine: int) -> Jeu:
    """Deux crèches, soixante contrats et vingt demandes tirés au hasard."""
    jeu, alea = Jeu(dossier), random.Random(graine)

    def jour(annees: tuple[int, int]) -> date:
        return date(alea.randint(*annees), alea.randint(1, 12), alea.randint(1, 28))

    contrats, enfants, demandes = [], [], []
    for n in range(80):
        ne = jour((2022, 2024)).replace(day=1) if n % 7 else None
        debut = jour((2024, 2025))
        fin = alea.choice([None, date(2026, 8, 14), debut + timedelta(days=alea.randint(60, 700))])
        code, heures = alea.choice("AB"), float(alea.randint(10, 50))
        if n < 60:
            contrats.append(
                {
                    **{"contrat": f"c{n}", "enfant": f"e{n}", "etablissement": code},
                    **{"debut": debut, "fin": fin, "heures_hebdo_h": heures},
                }
            )
            enfants.append({"enfant": f"e{n}", "appariement": f"a{n}", "mois_naissance": ne})
        if n % 3 == 0 or n >= 60:
            demandes.append(
                {
                    **{"demande": f"d{n}", "appariement": f"a{n}", "etablissement": code},
                    **{"depot": debut - timedelta(days=200), "entree_souhaitee": debut},
                    **{"mois_naissance": ne, "heures_hebdo_h": heures},
                    "decision": alea.choice(["acceptee", "acceptee", "refusee"]),
                    "date_decision": debut - timedelta(days=alea.randint(10, 120)),
                }
            )
    for table, lignes in (("contrats", contrats), ("enfants", enfants), ("demandes", demandes)):
        jeu.ecrire(table, lignes)
    return jeu


@pytest.mark.parametrize("graine", [1, 2, 3])
def test_les_flux_connus_sont_ceux_que_retrouve_un_sql(tmp_path, graine):
    """Fins, préavis, départs à l'école, demandes acceptées : recalculés à part, au même total."""
    jeu = _avec_flux(tmp_path, graine)
    flux = lire_flux(jeu.lieux, date(2026, 9, 30))
    for vue in (date(2025, 3, 31), date(2025, 9, 15), date(2026, 2, 28)):
        for milieu in (vue + timedelta(weeks=n) for n in (1, 10, 26)):
            heures = heures_connues(flux, ["A", "B"], [vue], [[milieu]])[0, :, 0]
            attendues = [_heures_en_sql(jeu, code, vue, milieu) for code in "AB"]
            assert min(attendues) > 0
            assert heures.tolist() == egal(attendues)
