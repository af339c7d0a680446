"""Une proportion observée : son intervalle, et l'écart entre deux groupes."""


def intervalle_de_proportion(cas: float, effectif: float, confiance: float) -> tuple[float, float]:
    """Intervalle de Wilson d'une proportion.

    Reste entre 0 et 1 et tient pour de petits effectifs, une part nulle ou entière. Source :
    E. B. Wilson, « Probable Inference, the Law of Succession, and Statistical Inference »,
    Journal of the American Statistical Association 22, 1927.

    Args:
        cas: nombre de cas, entre 0 et `effectif`.
        effectif: nombre d'observations, positif.
        confiance: niveau de l'intervalle, entre 0 et 1.

    Raises:
        ValueError: effectif nul, ou nombre de cas hors de ses bornes.
    """
    if effectif <= 0 or not 0 <= cas <= effectif:
        raise ValueError("une proportion a un effectif positif, et des cas qu'il contient")
    from statsmodels.stats.proportion import proportion_confint

    bas, haut = proportion_confint(cas, effectif, alpha=1 - confiance, method="wilson")
    return max(float(bas), 0.0), min(float(haut), 1.0)


def probabilite_d_un_tel_ecart(
    cas: int, effectif: int, autres_cas: int, autre_effectif: int
) -> float:
    """Probabilité d'un écart au moins aussi rare entre deux groupes tirés d'une même urne.

    Test exact bilatéral. Source : R. A. Fisher, « The Logic of Inductive Inference », Journal
    of the Royal Statistical Society 98, 1935.

    Args:
        cas: cas du premier groupe.
        effectif: observations du premier groupe.
        autres_cas: cas du second groupe.
        autre_effectif: observations du second groupe.
    """
    from scipy.stats import fisher_exact

    table = [[cas, effectif - cas], [autres_cas, autre_effectif - autres_cas]]
    return float(fisher_exact(table).pvalue)


def difference_de_parts(
    cas: float, effectif: float, autres_cas: float, autre_effectif: float, confiance: float
) -> tuple[float, float, float] | None:
    """Différence de deux parts indépendantes et son intervalle (Newcombe, méthode 10).

    L'intervalle compose ceux de Wilson des deux parts : il reste entre −1 et 1 et tient pour
    de petits effectifs ou une part nulle. Source : R. G. Newcombe, « Interval estimation for
    the difference between independent proportions », Statistics in Medicine 17, 1998.

    Args:
        cas: numérateur de la première part.
        effectif: son dénominateur.
        autres_cas: numérateur de la part retranchée.
        autre_effectif: son dénominateur.
        confiance: niveau de l'intervalle, entre 0 et 1.

    Returns:
        Différence, borne basse, borne haute, en parts (0,05 pour 5 points) ; rien si un
        dénominateur est nul.
    """
    if effectif <= 0 or autre_effectif <= 0:
        return None
    from statsmodels.stats.proportion import confint_proportions_2indep

    bas, haut = confint_proportions_2indep(
        cas,
        effectif,
        autres_cas,
        autre_effectif,
        method="newcomb",
        compare="diff",
        alpha=1 - confiance,
    )
    return cas / effectif - autres_cas / autre_effectif, float(bas), float(haut)
