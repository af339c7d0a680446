"""Tables de calcul minuscules pour éprouver le secret."""

from datetime import date

import polars as pl

from rtpe_analyse.indicateurs.table import SCHEMA_CALCUL

LE = date(2026, 12, 31)


def ligne(
    zone,
    n,
    maille="etablissement",
    parents=(),
    indicateur="E1",
    ventilation="",
    modalite="",
    **reste,
):
    valeur = float(n) if n is not None else None
    return {
        "indicateur": indicateur,
        "maille": maille,
        "zone": zone,
        "pas": "trimestre",
        "periode": "2026-T2",
        "ventilation": ventilation,
        "modalite": modalite,
        "numerateur": valeur,
        "denominateur": None,
        "valeur": valeur,
        "effectif": n,
        "statut": "diffusable",
        "millesime": "",
        "source": "",
        "parents": list(parents),
        **reste,
    }


def table(*lignes):
    return pl.DataFrame(lignes, schema=SCHEMA_CALCUL)


def territoire(effectifs, code="T1", **reste):
    """Des établissements A, B, C… d'un territoire, et leur total."""
    noms = [chr(ord("A") + rang) for rang in range(len(effectifs))]
    return [
        *(
            ligne(f"{code}{nom}", n, parents=[f"territoire:{code}"], **reste)
            for nom, n in zip(noms, effectifs, strict=True)
        ),
        ligne(code, sum(effectifs), "territoire", ["departement:99"], **reste),
    ]


def statuts(protegee, **filtres):
    """Statut de chaque zone (ou modalité) : V, A (primaire) ou D (secondaire)."""
    lettres = {"diffusable": "V", "masque_primaire": "A", "masque_secondaire": "D"}
    for colonne, voulue in filtres.items():
        protegee = protegee.filter(pl.col(colonne) == voulue)
    return "".join(lettres[s] for s in protegee["statut"])
