"""La commande parle français : titres de l'aide et messages d'erreur d'usage.

La bibliothèque de ligne de commande n'a pas de catalogue français ; on traduit ici ses
quelques libellés, et nulle part ailleurs.
"""

import re
from typing import Any

import typer
from typer import _click, rich_utils
from typer.core import TyperCommand, TyperGroup


def franciser() -> None:
    """Met en français les titres des panneaux d'aide et d'erreur."""
    rich_utils.ARGUMENTS_PANEL_TITLE = "Arguments"
    rich_utils.OPTIONS_PANEL_TITLE = "Options"
    rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
    rich_utils.ERRORS_PANEL_TITLE = "Erreur"
    rich_utils.DEFAULT_STRING = "[défaut : {}]"
    rich_utils.ENVVAR_STRING = "[variable d'environnement : {}]"
    rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
    rich_utils.RICH_HELP = "Essayez [blue]'{command_path} {help_option}'[/] pour l'aide."


class _AideEnFrancais:
    """Traduit la ligne d'usage et l'option d'aide d'une commande."""

    def get_usage(self, ctx: Any) -> str:
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("COMMAND [ARGS]...", "COMMANDE [ARGUMENTS]…").replace("...", "…")

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "Montrer cette aide et s'arrêter."
        return option


class GroupeFrancais(_AideEnFrancais, TyperGroup):
    """Groupe de commandes dont l'aide est en français."""


class CommandeFrancaise(_AideEnFrancais, TyperCommand):
    """Commande dont l'aide est en français."""


def traduire_usage(erreur: _click.exceptions.ClickException) -> str:
    """Phrase française pour une erreur d'usage de la ligne de commande."""
    exceptions = _click.exceptions
    if isinstance(erreur, exceptions.NoSuchOption):
        proches = ", ".join(sorted(erreur.possibilities or ()))
        suite = f" Options proches : {proches}." if proches else ""
        return f"Option inconnue : {erreur.option_name}.{suite}"
    if isinstance(erreur, exceptions.MissingParameter):
        return f"Il manque {_nom(erreur)}."
    if isinstance(erreur, exceptions.BadParameter):
        return f"Valeur non comprise pour {_nom(erreur)} : {_traduire(erreur.message)}"
    return _traduire(erreur.format_message())


def _nom(erreur: _click.exceptions.BadParameter) -> str:
    if erreur.param is None:
        return "un paramètre"
    genre = "l'argument" if erreur.param.param_type_name == "argument" else "l'option"
    return f"{genre} {erreur.param.get_error_hint()}"


_TRADUCTIONS = (
    ("No such command ", "Commande inconnue : "),
    ("Missing command.", "Il manque la commande."),
    ("Got unexpected extra argument(s) ", "Argument en trop : "),
    (" does not exist.", " n'existe pas."),
    ("Value error, ", ""),
    (", unable to parse string as an integer", ""),
    (" is not one of ", " n'est pas une des valeurs possibles : "),
    (" does not match the formats « %Y-%m-%d »", " n'est pas une date de la forme AAAA-MM-JJ"),
    ("File ", "le fichier "),
    ("Directory ", "le dossier "),
    ("Path ", "le chemin "),
    ("requires an argument.", "demande une valeur."),
    ("does not take a value.", "ne prend pas de valeur."),
    ("is not a valid integer", "n'est pas un nombre entier"),
    ("Input should be a valid integer", "un nombre entier est attendu"),
    ("Input should be greater than or equal to ", "il faut au moins "),
    ("Input should be less than or equal to ", "il faut au plus "),
    ("Input should be ", "valeurs possibles : "),
    (" or ", " ou "),
    ("Option ", "L'option "),
    ("Did you mean ", "Vouliez-vous dire "),
)


_CITE = re.compile(r"(?<!\w)'([^']+)'(?!\w)")


def _traduire(message: str) -> str:
    message = _CITE.sub(r"« \1 »", message)
    if message.endswith("?"):
        message = f"{message[:-1]}\u00a0?"
    for anglais, francais in _TRADUCTIONS:
        message = message.replace(anglais, francais)
    return message


def application(**options: Any) -> typer.Typer:
    """Une application typer francisée, sans complétion ni trace de variables."""
    franciser()
    return typer.Typer(
        cls=GroupeFrancais,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        **options,
    )
