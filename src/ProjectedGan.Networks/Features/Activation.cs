namespace ProjectedGan.Networks.Features;

/// <summary>What follows a convolution and its normalisation.</summary>
internal enum Activation
{
    None,
    Relu,
    Relu6,
}
