"""Erreurs montrées à l'utilisateur : une phrase, un remède, un code de sortie.

Chaque famille a son code de sortie, pour que la cause se connaisse sans lire de
journal. Aucun message ne contient de valeur de ligne (règle de confidentialité).
"""


class ErreurRtpe(Exception):
    """Erreur prévue : le message dit quoi et où, `remede` dit quoi faire.

    Attributes:
        code_sortie: code rendu par la commande `rtpe`.
        remede: la marche à suivre, affichée sous le message.
    """

    code_sortie = 1

    def __init__(self, message: str, remede: str = "") -> None:
        super().__init__(message)
        self.remede = remede


class ErreurUsage(ErreurRtpe):
    """Commande, option ou paramètre inconnu, mal écrit ou incompatible."""

    code_sortie = 2


class ErreurFichier(ErreurRtpe):
    """Fichier reçu refusé en entier (`code` : voir `nomenclatures/motifs.yaml`)."""

    code_sortie = 3

    def __init__(self, message: str, remede: str = "", *, code: str = "fichier_illisible") -> None:
        super().__init__(message, remede)
        self.code = code


class ErreurDescripteur(ErreurRtpe):
    """Descripteur de source mal écrit ou introuvable."""

    code_sortie = 4


class ErreurConservation(ErreurRtpe):
    """Des lignes lues ne se retrouvent ni propres, ni rejetées, ni écartées."""

    code_sortie = 5


class ErreurControle(ErreurRtpe):
    """Un contrôle critique est en échec : la chaîne s'arrête pour cette source."""

    code_sortie = 6


class ErreurReglementation(ErreurRtpe):
    """Valeur légale absente, demandée trop tôt, ou fichier de valeurs incohérent."""

    code_sortie = 7


class ErreurDonneesManquantes(ErreurRtpe):
    """Une étape demande une table ou un référentiel qui n'existe pas encore."""

    code_sortie = 8


class ErreurRapport(ErreurRtpe):
    """Au moins un rapport n'a pas pu être produit."""

    code_sortie = 9
