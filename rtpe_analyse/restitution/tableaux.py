"""Tableaux HTML : légende, en-têtes de portée, unités, nombres alignés, signes expliqués."""

from dataclasses import dataclass, field, replace
from html import escape

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.mesures import Definition, Mesure, ecart, signe_html
from rtpe_analyse.restitution.objets import Restitution


@dataclass(frozen=True)
class Colonne:
    """Un en-tête de colonne.

    Attributes:
        libelle: texte court de l'en-tête.
        unite: unité des valeurs, écrite sous le libellé.
        groupe: en-tête commun à des colonnes voisines.
        code: indicateur vers la définition duquel l'en-tête renvoie.
        nombre: colonne de nombres, alignée à droite.
    """

    libelle: str
    unite: str = ""
    groupe: str = ""
    code: str = ""
    nombre: bool = True

    @classmethod
    def pour(cls, definition: Definition) -> "Colonne":
        """L'en-tête d'un indicateur : son libellé, son unité, le lien vers sa définition."""
        return cls(definition.libelle, definition.unite, "", definition.code)

    @classmethod
    def avec_ecart(cls, definition: Definition) -> list["Colonne"]:
        """Deux colonnes sous le nom de l'indicateur : son niveau, son écart sur un an."""
        niveau = cls(definition.unite, "", definition.libelle, definition.code)
        return [niveau, replace(colonne_ecart(definition), groupe=definition.libelle)]


@dataclass(frozen=True)
class Cellule:
    """Une case : son texte, ou le signe qui le remplace ; une marque peut suivre le texte."""

    texte: str = ""
    signe: str = ""
    marque: str = ""

    def html(self, colonne: Colonne) -> str:
        """La case `td`, dans la colonne donnée."""
        classe = ' class="rtpe-nb"' if colonne.nombre else ""
        contenu = signe_html(self.signe) if self.signe else escape(self.texte)
        contenu += signe_html(self.marque) if self.marque else ""
        return f"<td{classe}>{contenu}</td>"


@dataclass(frozen=True)
class Ligne:
    """Une ligne : son en-tête, ses cases, et ce qu'elle est.

    Attributes:
        entete: texte de l'en-tête de ligne.
        cellules: une par colonne.
        genre: `""`, `total` (le tout) ou `repere` (N-1, département).
        code: indicateur vers la définition duquel l'en-tête renvoie.
    """

    entete: str
    cellules: list[Cellule]
    genre: str = ""
    code: str = ""


@dataclass(frozen=True)
class Tableau:
    """Un tableau prêt à rendre.

    Attributes:
        titre: légende (`caption`).
        entete: intitulé de la colonne des en-têtes de ligne.
        colonnes: colonnes de valeurs.
        lignes: lignes, dans l'ordre.
        notes: précisions écrites sous le tableau.
    """

    titre: str
    entete: str
    colonnes: list[Colonne]
    lignes: list[Ligne]
    notes: list[str] = field(default_factory=list)

    def rendre(self) -> Restitution:
        """Le tableau comme résultat d'un appel de carnet."""
        alt = f"{self.titre} : {formats.compte(len(self.lignes), 'ligne')}, " + (
            f"{formats.compte(len(self.colonnes), 'colonne')}."
        )
        return Restitution("tableau", self.html(), alt, self.titre)

    def replier(self) -> Restitution:
        """Le tableau à déplier sous son titre : pour vérifier, pas pour lire ni imprimer."""
        rendu = self.rendre()
        html = (
            '<details class="rtpe-donnees rtpe-replie"><summary>Voir le tableau : '
            f"{escape(self.titre)}</summary>{rendu.html}</details>"
        )
        return Restitution("tableau", html, rendu.alt, self.titre)

    def html(self) -> str:
        """Conteneur défilant et tableau ; les signes employés sont expliqués dessous."""
        corps = "".join(self._ligne(ligne) for ligne in self.lignes)
        return (
            f'<div class="rtpe-tableau" role="region" tabindex="0" '
            f'aria-label="Tableau : {escape(self.titre)}">'
            f'<table class="rtpe-table"><caption><span>{escape(self.titre)}</span></caption>'
            f"<thead>{self._entetes()}</thead><tbody>{corps}</tbody></table></div>"
            f"{self._pied()}"
        )

    def _entetes(self) -> str:
        premier = escape(self.entete)
        if not any(c.groupe for c in self.colonnes):
            cases = "".join(_entete(c) for c in self.colonnes)
            return f'<tr><th scope="col">{premier}</th>{cases}</tr>'
        haut = [f'<th scope="col" rowspan="2">{premier}</th>']
        bas: list[str] = []
        for groupe, colonnes in _par_groupe(self.colonnes):
            if groupe:
                haut.append(
                    f'<th scope="colgroup" colspan="{len(colonnes)}" class="rtpe-groupe">'
                    f"{_lien(groupe, colonnes[0].code)}</th>"
                )
                bas += [_entete(replace(c, code="")) for c in colonnes]
            else:
                haut += [_entete(c, ' rowspan="2"') for c in colonnes]
        return f"<tr>{''.join(haut)}</tr><tr>{''.join(bas)}</tr>"

    def _ligne(self, ligne: Ligne) -> str:
        classe = f' class="rtpe-{ligne.genre}"' if ligne.genre else ""
        cases = "".join(
            cellule.html(colonne)
            for cellule, colonne in zip(ligne.cellules, self.colonnes, strict=True)
        )
        return f'<tr{classe}><th scope="row">{_lien(ligne.entete, ligne.code)}</th>{cases}</tr>'

    def _pied(self) -> str:
        employes = {s for ligne in self.lignes for c in ligne.cellules for s in (c.signe, c.marque)}
        signes = [f"{s} : {sens}" for s, sens in formats.LEGENDES.items() if s in employes]
        notes = [*self.notes, *([f"{' ; '.join(signes)}."] if signes else [])]
        return "".join(f'<p class="rtpe-legende">{escape(note)}</p>' for note in notes)


def cellule(mesure: Mesure) -> Cellule:
    """La case d'une mesure : son nombre (l'unité est en tête de colonne) ou son signe."""
    if not mesure.lisible:
        return Cellule(signe=mesure.signe)
    return Cellule(mesure.nombre, marque=formats.MARQUE_PARTIELLE if mesure.partielle else "")


def cellule_avec_unite(mesure: Mesure) -> Cellule:
    """La case d'une mesure, « % » compris : pour une colonne où les indicateurs se succèdent."""
    case = cellule(mesure)
    if not (mesure.lisible and mesure.definition.est_part):
        return case
    return replace(case, texte=str(mesure))


def texte_ecart(difference: float, definition: Definition) -> str:
    """Une différence brute, signée, en points pour une part : « +2,1 points », « −3 »."""
    if definition.unite == "%":
        return formats.points(difference, definition.decimales)
    facteur = 100 if definition.est_part else 1
    return formats.avec_signe(difference * facteur, definition.decimales)


def cellule_ecart(mesure: Mesure, repere: Mesure) -> Cellule:
    """L'écart entre deux mesures, ou le signe de celle qui manque."""
    difference = ecart(mesure, repere)
    if difference is None:
        return Cellule(signe=mesure.signe or repere.signe or formats.MARQUE_PARTIELLE)
    facteur = 100 if mesure.definition.est_part else 1
    return Cellule(formats.avec_signe(difference * facteur, mesure.definition.decimales))


def cellule_part(mesure: Mesure, tout: Mesure) -> Cellule:
    """La part d'une mesure dans un tout, en % (une décimale), ou le signe de ce qui manque."""
    if mesure.valeur is None or not tout.valeur:
        return Cellule(signe=mesure.signe or tout.signe or formats.SIGNE_NON_CALCULABLE)
    return Cellule(formats.nombre(100 * mesure.valeur / tout.valeur, 1))


def colonne_ecart(definition: Definition) -> Colonne:
    """L'en-tête d'une colonne d'écarts : en points pour une part."""
    return Colonne("sur 1 an", definition.unite_des_ecarts)


def _par_groupe(colonnes: list[Colonne]) -> list[tuple[str, list[Colonne]]]:
    groupes: list[tuple[str, list[Colonne]]] = []
    for colonne in colonnes:
        if groupes and colonne.groupe and groupes[-1][0] == colonne.groupe:
            groupes[-1][1].append(colonne)
        else:
            groupes.append((colonne.groupe, [colonne]))
    return groupes


def _entete(colonne: Colonne, attributs: str = "") -> str:
    libelle = _lien(colonne.libelle, colonne.code)
    unite = f' <span class="rtpe-unite">({escape(colonne.unite)})</span>' if colonne.unite else ""
    classe = ' class="rtpe-nb"' if colonne.nombre else ""
    return f'<th scope="col"{classe}{attributs}>{libelle}{unite}</th>'


def _lien(libelle: str, code: str) -> str:
    if not code:
        return escape(libelle)
    return (
        f'<a class="rtpe-lien-code" href="#def-{escape(code)}">{escape(libelle)}'
        f' <span class="rtpe-code">{escape(code)}</span></a>'
    )
