namespace ProjectedGan.Networks.Projection;

/// <summary>How the fixed random projections are drawn.</summary>
public enum ProjectionInitialization
{
    /// <summary>Weights and biases uniform in ±1 / √fan-in: PyTorch's default (Kaiming-uniform with a = √5), which the reference uses.</summary>
    KaimingUniform,

    /// <summary>Weights normal with variance 2 / fan-in (He et al. 2015), biases zero: the paper's wording.</summary>
    KaimingNormal,
}
