namespace ProjectedGan.Networks.Features;

/// <summary>How a convolution surrounds its input with zeros.</summary>
internal enum PaddingRule
{
    /// <summary>No padding (TensorFlow's <c>valid</c>).</summary>
    None,

    /// <summary>Half the kernel on every side: keeps the size at stride 1.</summary>
    Half,

    /// <summary>TensorFlow's <c>same</c>: computed from the input's actual size, the odd pixel at the bottom and on the right.</summary>
    TensorFlowSame,
}
