"""Petites tables propres, écrites à la main, et lecture d'un indicateur."""

import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs import calculer_famille
from rtpe_analyse.schemas import TABLES

LE = date(2026, 12, 31)
LUNDI = date(2026, 6, 1)


class Jeu:
    """Un jeu de tables propres dans un dossier temporaire."""

    def __init__(self, dossier: Path) -> None:
        self.lieux = Lieux(donnees=dossier / "donnees", sortie=dossier / "rapports", jeu="exemple")

    def ecrire(self, table: str, lignes: Iterable[Mapping[str, Any]]) -> None:
        """Remplace une table propre ; une colonne non donnée est vide."""
        schema = TABLES[table].schema
        completes = [
            {"_fichier": "f", "_ligne": rang, **ligne} for rang, ligne in enumerate(lignes, 1)
        ]
        pl.DataFrame(completes, schema=schema).write_parquet(self._chemin(table))

    def lire(self, table: str) -> pl.DataFrame:
        return pl.read_parquet(self._chemin(table))

    def ajouter(self, table: str, *lignes: Mapping[str, Any]) -> None:
        self.ecrire(table, [*self.lire(table).drop("_fichier", "_ligne").to_dicts(), *lignes])

    def calculer(self, famille: str, le: date = LE) -> pl.DataFrame:
        return calculer_famille(self.lieux, famille, le)

    def sql(self, requete: str) -> Any:
        """Une valeur, par une requête DuckDB sur les tables propres (calcul indépendant)."""
        with duckdb.connect() as base:
            for dossier in self.lieux.propre.iterdir():
                base.execute(f"create view {dossier.name} as select * from '{dossier}/*.parquet'")
            ligne = base.execute(requete).fetchone()
        assert ligne is not None
        return ligne[0]

    def _chemin(self, table: str) -> Path:
        chemin = self.lieux.propre / table / "tout.parquet"
        chemin.parent.mkdir(parents=True, exist_ok=True)
        return chemin


def ligne_de(
    table: pl.DataFrame,
    code: str,
    zone: str,
    periode: str = "2026-06",
    modalite: str = "",
    maille: str | None = None,
    ventilation: str | None = None,
) -> dict[str, Any]:
    """L'unique ligne d'un indicateur."""
    trouvees = table.filter(
        pl.col("indicateur") == code,
        pl.col("zone") == zone,
        pl.col("periode") == periode,
        pl.col("modalite") == modalite,
    )
    for colonne, voulue in (("maille", maille), ("ventilation", ventilation)):
        if voulue is not None:
            trouvees = trouvees.filter(pl.col(colonne) == voulue)
    assert len(trouvees) == 1, f"{len(trouvees)} lignes pour {code} {zone} {periode} {modalite}"
    return trouvees.to_dicts()[0]


def valeur_de(table: pl.DataFrame, code: str, zone: str, **precisions: Any) -> float | None:
    return ligne_de(table, code, zone, **precisions)["valeur"]


def etablissement(code: str, commune: str = "99001", **reste: Any) -> dict[str, Any]:
    return {
        "etablissement": code,
        "valide_du": date(2020, 1, 1),
        "nom": f"Crèche {code}",
        "commune": commune,
        **reste,
    }


def territoire(code: str, zone: str, **reste: Any) -> dict[str, Any]:
    return {
        "etablissement": code,
        "territoire": zone,
        "nom_territoire": f"Territoire {zone}",
        "valide_du": date(2020, 1, 1),
        **reste,
    }


def agrement(
    code: str,
    places: int,
    debut_h: float = 8,
    fin_h: float = 18,
    jours: Iterable[int] = range(1, 6),
    **reste: Any,
) -> list[dict[str, Any]]:
    """Les mêmes places de `debut_h` à `fin_h` chaque jour de semaine donné."""
    return [
        {
            "etablissement": code,
            "valide_du": date(2020, 1, 1),
            "jour_semaine": jour,
            "debut_min": int(debut_h * 60),
            "fin_min": int(fin_h * 60),
            "places": places,
            **reste,
        }
        for jour in jours
    ]


def ouvertures(
    code: str, du: date, n: int, places: int | None = None, **reste: Any
) -> list[dict[str, Any]]:
    """`n` jours ouvrés consécutifs, prévus et ouverts."""
    jours = [j for j in (du + timedelta(i) for i in range(2 * n + 7)) if j.weekday() < 5][:n]
    return [
        {
            "etablissement": code,
            "date": jour,
            "prevu": True,
            "ouvert": True,
            "places_ouvertes": places,
            **reste,
        }
        for jour in jours
    ]


def pointage(
    enfant: str, code: str, jour: date, arrivee_h: float = 9, depart_h: float = 17, **reste: Any
) -> dict[str, Any]:
    arrivee, depart = int(arrivee_h * 60), int(depart_h * 60)
    return {
        "enfant": enfant,
        "etablissement": code,
        "date": jour,
        "arrivee_min": arrivee,
        "depart_min": depart,
        "realise_min": depart - arrivee,
        **reste,
    }


def facture(enfant: str, code: str, heures: float, mois: date = LUNDI) -> dict[str, Any]:
    return {"enfant": enfant, "etablissement": code, "mois": mois, "heures_facturees_h": heures}


def egal(attendu: float) -> Any:
    return pytest.approx(attendu, rel=1e-9, abs=1e-9)


def reseau(dossier: Path) -> Jeu:
    """Deux crèches de 20 et 10 places, un territoire chacune, une semaine de juin 2026.

    A : 20 places × 10 h × 5 jours = 1 000 h ; B : 10 × 10 × 5 = 500 h.
    """
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement("A", "99001"), etablissement("B", "99002")])
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T2")])
    jeu.ecrire("agrements", [*agrement("A", 20), *agrement("B", 10)])
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5, 20), *ouvertures("B", LUNDI, 5, 10)])
    return jeu


def reseau_aleatoire(dossier: Path, graine: int = 7) -> Jeu:
    """Quatre crèches modulées, trois mois, fermetures, absences, factures, contrats, demandes."""
    hasard = random.Random(graine)
    jeu = Jeu(dossier)
    codes = ["A", "B", "C", "D"]
    jours = [date(2026, 4, 1) + timedelta(i) for i in range(91)]
    jeu.ecrire(
        "etablissements",
        [etablissement(c, f"9900{1 + rang // 2}") for rang, c in enumerate(codes)],
    )
    jeu.ecrire(
        "territoires",
        [
            *(territoire(c, "T1" if c in "AC" else "T2") for c in codes[:3]),
            territoire("D", "T1", valide_au=date(2026, 5, 14)),
            territoire("D", "T2", valide_du=date(2026, 5, 15)),
        ],
    )
    jeu.ecrire(
        "agrements",
        [
            ligne
            for c in codes
            for ligne in (
                *agrement(c, hasard.randint(5, 9), 7.5, 9),
                *agrement(c, hasard.randint(10, 30), 9, 17),
                *agrement(c, hasard.randint(4, 8), 17, 18.5),
            )
        ],
    )
    lignes = []
    for c in codes:
        for jour in jours:
            if jour.weekday() >= 5:
                continue
            cause = hasard.choices([None, "ferie", "personnel", "annuelle"], [90, 3, 4, 3])[0]
            lignes.append(
                {
                    "etablissement": c,
                    "date": jour,
                    "prevu": True,
                    "ouvert": cause is None,
                    "places_ouvertes": hasard.randint(3, 25) if cause is None else None,
                    "debut_min": hasard.choice([None, 480, 510]),
                    "fin_min": hasard.choice([None, 1020]),
                    "cause": cause,
                }
            )
    jeu.ecrire("ouvertures", lignes)
    ouverts = [(x["etablissement"], x["date"]) for x in lignes if x["ouvert"]]
    # Un enfant sur trois a changé de pseudonyme : seul l'appariement le suit.
    jeu.ecrire(
        "enfants",
        [{"enfant": f"e{n}", "appariement": f"p{n // 2}" if n % 3 else None} for n in range(40)],
    )
    jeu.ecrire(
        "pointages",
        [
            pointage(
                f"e{hasard.randrange(40)}",
                c,
                jour,
                (debut := hasard.randint(450, 900)) / 60,
                (debut + hasard.randint(15, 500)) / 60,
            )
            if hasard.random() < 0.9
            else {
                "enfant": f"e{hasard.randrange(40)}",
                "etablissement": c,
                "date": jour,
                "motif_absence": "maladie",
            }
            for c, jour in ouverts
            for _ in range(hasard.randint(0, 6))
        ],
    )
    jeu.ecrire(
        "factures",
        [
            facture(f"e{n}", c, round(hasard.uniform(1, 180), 2), date(2026, mois, 1))
            for c in codes
            for mois in (4, 5, 6)
            for n in hasard.sample(range(40), 8)
        ],
    )
    jeu.ecrire(
        "contrats",
        [
            {
                "contrat": f"k{n}",
                "enfant": f"e{hasard.randrange(40)}",
                "etablissement": hasard.choice(codes),
                "debut": date(2026, 1, 1) + timedelta(hasard.randrange(150)),
                "fin": hasard.choice([None, date(2026, 5, 20), date(2026, 6, 30)]),
                "heures_hebdo_h": hasard.choice([None, 10.5, 20.0, 42.25]),
            }
            for n in range(60)
        ],
    )
    jeu.ecrire(
        "demandes",
        [
            {
                "demande": f"d{n}",
                "appariement": hasard.choice([None, f"p{n % 25}"]),
                "depot": date(2026, 1, 5) + timedelta(hasard.randrange(150)),
                "entree_souhaitee": hasard.choice([None, date(2026, 9, 1)]),
                "mois_naissance": date(2023 + hasard.randrange(4), 1 + hasard.randrange(12), 1),
                "commune": hasard.choice(["99001", "99002", "99003", None]),
                "etablissement": hasard.choice([*codes, None]),
                "jours_semaine": hasard.choice([None, 2, 3, 5]),
                "decision": (
                    decision := hasard.choice([None, "acceptee", "refusee", "desistement"])
                ),
                "date_decision": date(2026, 4, 1) + timedelta(hasard.randrange(120))
                if decision
                else None,
            }
            for n in range(80)
        ],
    )
    return jeu


# Fragments SQL des calculs indépendants : jours comptés et plages, écrits sans le programme.
SQL_COMPTE = (
    "(o.prevu and (o.ouvert or coalesce(o.cause, '') not in "
    "('annuelle', 'ferie', 'pedagogique', 'pont')))"
)
SQL_PLAGES = (
    "ouvertures o join agrements a on a.etablissement = o.etablissement "
    "and a.jour_semaine = isodow(o.date)"
)
SQL_T2 = "between date '2026-04-01' and date '2026-06-30'"
SQL_JUIN = "between date '2026-06-01' and date '2026-06-30'"
SQL_DANS_T1 = (
    "exists (select 1 from territoires t where t.territoire = 'T1' "
    "and t.etablissement = {e} and date_trunc('month', {d}) between t.valide_du "
    "and coalesce(t.valide_au, {d}))"
)


def dans_t1(etablissement: str, jour: str) -> str:
    """Condition SQL : l'établissement est dans le territoire T1 au premier jour de ce mois."""
    return SQL_DANS_T1.format(e=etablissement, d=jour)


def semaine_de(enfant: str, code: str, n: int = 5, **reste: Any) -> list[dict[str, Any]]:
    """Un enfant présent de 9 h à 17 h les `n` premiers jours de la semaine de juin."""
    return [pointage(enfant, code, LUNDI + timedelta(i), **reste) for i in range(n)]


def avec_presences(dossier: Path) -> Jeu:
    """`reseau` avec 5 enfants chez A (8 h × 5 jours) et 2 chez B (8 h × 3 jours).

    A : 5 × 40 = 200 h sur 1 000 ; B : 2 × 24 = 48 h sur 500. Facturé : 220 h et 60 h.
    """
    jeu = reseau(dossier)
    jeu.ecrire(
        "pointages",
        [
            *(p for n in range(5) for p in semaine_de(f"a{n}", "A")),
            *(p for n in range(2) for p in semaine_de(f"b{n}", "B", 3)),
        ],
    )
    jeu.ecrire(
        "factures",
        [
            *(facture(f"a{n}", "A", 44) for n in range(5)),
            *(facture(f"b{n}", "B", 30) for n in (0, 1)),
        ],
    )
    return jeu


SQL_DUREE = (
    "coalesce(p.realise_min, p.depart_min - p.arrivee_min, "
    "case when p.motif_absence is not null then 0 end)"
)
SQL_H0 = (
    f"(select sum(a.places * (a.fin_min - a.debut_min)) from {SQL_PLAGES} "
    f"where {SQL_COMPTE} and o.date {SQL_T2} and %s)"
)
SQL_H1 = f"(select sum({SQL_DUREE}) from pointages p where p.date {SQL_T2} and %s)"
SQL_H2 = f"(select sum(f.heures_facturees_h) * 60 from factures f where f.mois {SQL_T2} and %s)"
EN_T1_OUVERTURES = dans_t1("o.etablissement", "o.date")
EN_T1_POINTAGES = dans_t1("p.etablissement", "p.date")
EN_T1_FACTURES = dans_t1("f.etablissement", "f.mois")
# L'enfant suivi d'un logiciel à l'autre.
SQL_SUIVI = (
    "(select p.*, coalesce(e.appariement, p.enfant) as suivi from {table} p "
    "left join enfants e using (enfant))"
)
