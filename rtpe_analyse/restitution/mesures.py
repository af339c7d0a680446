"""Une valeur d'indicateur et ce qu'on a le droit d'en dire."""

from dataclasses import dataclass, field, replace
from html import escape

from rtpe_analyse.restitution import formats

DIFFUSABLE = "diffusable"
PARTIELLE = "a_verifier"
ABSENT = "absent"
POUR_CENT = "pour 100 enfants"
"""Unité d'un rapport de places à des enfants : une place n'est pas une part des enfants."""
_SIGNES = {
    "masque_primaire": formats.SIGNE_MASQUE,
    "masque_secondaire": formats.SIGNE_MASQUE,
    "non_calculable": formats.SIGNE_NON_CALCULABLE,
    ABSENT: formats.SIGNE_ABSENT,
}


@dataclass(frozen=True)
class Definition:
    """La déclaration d'un indicateur, telle que l'étage des indicateurs l'a écrite.

    Attributes:
        code: code court (`T1`).
        libelle: nom en clair.
        unite: `%` ou `POUR_CENT` (la valeur est un rapport, montré × 100), ou un nom (`places`).
        decimales: décimales de la valeur affichée.
        sens: lecture d'une hausse (`baisse_favorable` : mieux vaut moins).
    """

    code: str
    libelle: str
    unite: str = ""
    decimales: int = 0
    agregation: str = ""
    numerateur: str = ""
    denominateur: str = ""
    champ: str = ""
    definition: str = ""
    source: str = ""
    limites: tuple[str, ...] = ()
    soumis_au_secret: bool = False
    famille: str = ""
    sens: str = "neutre"

    @property
    def est_part(self) -> bool:
        """La valeur est un rapport, montré × 100 : en « % » ou « pour 100 enfants »."""
        return self.unite in ("%", POUR_CENT)

    @property
    def unite_des_ecarts(self) -> str:
        """Les différences de pourcentages sont des « points », les autres gardent leur unité."""
        return "points" if self.unite == "%" else self.unite

    def en_part(self) -> "Definition":
        """La même chose, exprimée en part d'un tout (une décimale)."""
        return replace(self, unite="%", decimales=1)


@dataclass(frozen=True)
class Mesure:
    """La valeur d'un indicateur pour une zone, une période et une modalité.

    Une mesure qui n'est pas `lisible` n'a ni valeur, ni numérateur, ni effectif : personne
    au-dessus ne peut en montrer un par mégarde.
    """

    definition: Definition
    statut: str = ABSENT
    valeur: float | None = None
    numerateur: float | None = None
    denominateur: float | None = None
    millesime: str = field(default="", compare=False)
    source: str = field(default="", compare=False)

    @property
    def lisible(self) -> bool:
        """La valeur existe et peut être montrée."""
        return self.valeur is not None

    @property
    def masquee(self) -> bool:
        """La valeur existe mais le secret statistique la cache."""
        return self.statut in ("masque_primaire", "masque_secondaire")

    @property
    def partielle(self) -> bool:
        """La valeur est lisible, mais calculée sur une partie des établissements ou communes."""
        return self.lisible and self.statut == PARTIELLE

    @property
    def signe(self) -> str:
        """Le signe conventionnel qui remplace la valeur dans un tableau ; vide si lisible."""
        return "" if self.lisible else _SIGNES.get(self.statut, formats.SIGNE_ABSENT)

    @property
    def nombre(self) -> str:
        """La valeur sans son unité : « 62,3 » pour 62,3 %. À n'appeler que si `lisible`."""
        if self.valeur is None:
            raise ValueError("valeur non lisible")
        facteur = 100 if self.definition.est_part else 1
        return formats.nombre(self.valeur * facteur, self.definition.decimales)

    def __str__(self) -> str:
        """La valeur et son unité, ou en toutes lettres la raison de son absence."""
        if not self.lisible:
            return formats.LEGENDES[self.signe]
        unite = self.definition.unite
        if unite == "%":
            return f"{self.nombre}{formats.FINE}%"
        if unite and abs(self.valeur or 0) < 2:
            unite = _au_singulier(unite)
        return f"{self.nombre}{formats.INSECABLE}{unite}" if unite else self.nombre


def ecart(mesure: Mesure, repere: Mesure) -> float | None:
    """Différence brute entre deux mesures ; absente dès que l'une n'est pas lisible.

    Deux nombres dont l'un ne porte que sur une partie des établissements ne se comparent pas
    non plus : la différence dirait ce qui manque, pas ce qui change. Une part se compare.

    Returns:
        Une différence de rapports (à montrer en points) si l'unité est « % », sinon une
        différence dans l'unité de l'indicateur ; calculée avant arrondi.
    """
    if mesure.valeur is None or repere.valeur is None:
        return None
    if not mesure.definition.est_part and (mesure.partielle or repere.partielle):
        return None
    return mesure.valeur - repere.valeur


def signe_html(signe: str) -> str:
    """Le signe conventionnel, avec son sens accessible au survol et aux lecteurs d'écran."""
    sens = escape(formats.LEGENDES[signe])
    return f'<abbr class="rtpe-signe" title="{sens}">{escape(signe)}</abbr>'


def _au_singulier(unite: str) -> str:
    premier, espace, suite = unite.partition(" ")
    net = premier[:-1] if premier.endswith("s") and len(premier) > 2 else premier
    return f"{net}{espace}{suite}"
