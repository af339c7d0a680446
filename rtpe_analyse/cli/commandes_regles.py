"""Commande `regles` : ce qui est en vigueur à une date, avec l'unité et la référence."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import typer

from rtpe_analyse.chemins import COMPLEMENTS
from rtpe_analyse.cli.affichage import dire, tableau
from rtpe_analyse.cli.francais import CommandeFrancaise

_CERTITUDES = {"lu": "lu", "memoire": "de mémoire", "convention": "convention"}


def inscrire(app: typer.Typer) -> None:
    """Ajoute cette commande à l'application."""
    app.command(cls=CommandeFrancaise)(regles)


def regles(
    le: Annotated[
        datetime | None,
        typer.Option(
            "--le",
            formats=["%Y-%m-%d"],
            metavar="AAAA-MM-JJ",
            help="Jour considéré ; par défaut aujourd'hui, et c'est dit.",
            show_default=False,
        ),
    ] = None,
    theme: Annotated[
        str | None,
        typer.Option("--theme", metavar="THEME", help="Un seul thème.", show_default=False),
    ] = None,
) -> None:
    """Imprime les valeurs légales et conventions en vigueur, avec unité et référence.

    Exemples :

      rtpe regles

      rtpe regles --le 2024-12-31 --theme psu
    """
    from rtpe_analyse.reglementation import cles, serie, themes

    jour = le.date() if le else date.today()
    precision = "" if le else " (aujourd'hui ; --le choisit un autre jour)"
    dire(f"Règles en vigueur le {jour:%d/%m/%Y}{precision}.")
    for nom in [theme] if theme else themes():
        lignes, absentes = [], []
        for cle in cles(nom):
            regle = serie(nom, cle)
            datee = regle.en_vigueur(jour)
            if datee is None:
                absentes.append((cle, regle))
                continue
            lignes.append(
                (
                    f"{regle.libelle}\n{cle}",
                    f"{ecrire(datee.valeur)}\n{regle.unite}\ndepuis le {datee.effet:%d/%m/%Y}",
                    f"{datee.reference} ({_CERTITUDES[datee.certitude]})",
                )
            )
        if lignes:
            tableau(f"Thème {nom}", ("Règle", "Valeur", "Référence"), lignes)
        else:
            dire(f"Thème {nom} : aucune valeur connue à cette date.")
        for cle, regle in absentes:
            raison = (
                f"à chercher dans : {regle.a_completer}"
                if regle.a_completer
                else f"première valeur le {regle.valeurs[0].effet:%d/%m/%Y}"
            )
            dire(f"Sans valeur : {nom}.{cle}, {regle.libelle} ; {raison}.")
    dire(f"Pour compléter ou ajouter une valeur : {COMPLEMENTS.parent.name}/{COMPLEMENTS.name}/.")


def ecrire(valeur: Any) -> str:
    """Écrit une valeur datée pour la lire : nombre, oui ou non, ou barème, une tranche par ligne.

    Args:
        valeur: nombre, `Decimal`, texte, booléen, dictionnaire ou liste de tranches.
    """
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, Decimal | int):
        return str(valeur).replace(".", ",")
    if isinstance(valeur, dict):
        return "\n".join(f"{cle} : {ecrire(v)}" for cle, v in valeur.items())
    if isinstance(valeur, list):
        return "\n".join(_tranche(t) if isinstance(t, dict) else ecrire(t) for t in valeur)
    return str(valeur)


def _tranche(tranche: dict[str, Any]) -> str:
    bornes = {"jusqu_a": "jusqu'à", "moins_de": "moins de", "a_partir_de": "à partir de"}
    morceaux = []
    for cle, v in tranche.items():
        if cle in bornes:
            morceaux.append("au-delà" if v is None else f"{bornes[cle]} {ecrire(v)}")
        else:
            morceaux.append(ecrire(v))
    return " : ".join(morceaux)
