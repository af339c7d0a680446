"""Ce que rend chaque appel d'un carnet : un contenu qui sait s'afficher et se décrire."""

from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Literal

from rtpe_analyse.restitution.formats import insecables

Genre = Literal["figure", "tableau", "phrase", "chiffres", "cartouche", "encadre", "methode"]


@dataclass(frozen=True)
class Restitution:
    """Un contenu de rapport, affiché par JupyterLab et par la page HTML.

    Ne contient que du texte passé par le secret statistique : c'est le seul genre de sortie
    que la diffusion accepte de publier. Les espaces y sont rendues insécables là où il le faut.

    Attributes:
        genre: nature du contenu.
        html: fragment HTML, sans titre `h1`…`h6` (ils sont aux carnets).
        alt: ce que dit le contenu, en une phrase (texte de remplacement d'une figure).
        titre: titre ou légende, sans balise.
        details: métadonnées propres au genre (le cartouche porte zone, période, statut).
    """

    genre: Genre
    html: str
    alt: str
    titre: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for champ in ("html", "alt", "titre"):
            object.__setattr__(self, champ, insecables(getattr(self, champ)))

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        donnees = {"text/html": self.html, "text/plain": self.alt}
        rtpe = {"genre": self.genre, "alt": self.alt, "titre": self.titre, **self.details}
        return donnees, {"text/html": {"rtpe": rtpe}}

    def __str__(self) -> str:
        return self.alt


def paragraphes(phrases: list[str], *, classe: str = "rtpe-phrases") -> Restitution:
    """Des phrases, une idée chacune, en liste. Le texte est échappé ici."""
    lignes = "".join(f"<li>{escape(p)}</li>" for p in phrases)
    return Restitution("phrase", f'<ul class="{classe}">{lignes}</ul>', " ".join(phrases))


def phrase(texte: str) -> Restitution:
    """Une phrase seule."""
    return Restitution("phrase", f'<p class="rtpe-phrase">{escape(texte)}</p>', texte)


def replier(contenu: Restitution) -> Restitution:
    """Le contenu à déplier sous son titre : pour vérifier, pas pour lire ni imprimer."""
    html = (
        '<details class="rtpe-donnees rtpe-replie"><summary>Voir : '
        f"{escape(contenu.titre)}</summary>{contenu.html}</details>"
    )
    return replace(contenu, html=html)


def encadre(titre: str, phrases: list[str], *, alerte: bool = False) -> Restitution:
    """Un encadré : un intitulé en gras et ses phrases.

    Args:
        titre: intitulé, qui dit en mots ce que la couleur répète.
        phrases: contenu ; vide, l'encadré se réduit à son intitulé.
        alerte: encadré d'avertissement.
    """
    lignes = "".join(f"<li>{escape(p)}</li>" for p in phrases)
    liste = f"<ul>{lignes}</ul>" if lignes else ""
    classe = "rtpe-encadre rtpe-alerte" if alerte else "rtpe-encadre"
    html = f'<div class="{classe}"><p class="rtpe-encadre-titre">{escape(titre)}</p>{liste}</div>'
    return Restitution("encadre", html, " ".join([titre, *phrases]), titre)
