namespace ProjectedGan.Training.Augmentation;

/// <summary>A square matrix that maps points of one coordinate less, in float64. A product applies its right factor first.</summary>
internal sealed class HomogeneousMatrix
{
    private readonly double[,] _values;

    private HomogeneousMatrix(double[,] values) => _values = values;

    public double this[int row, int column] => _values[row, column];

    public static HomogeneousMatrix operator *(HomogeneousMatrix left, HomogeneousMatrix right)
    {
        var size = left._values.GetLength(0);
        var product = new double[size, size];
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                for (var i = 0; i < size; i++)
                    product[row, column] += left[row, i] * right[i, column];
            }
        }
        return new HomogeneousMatrix(product);
    }

    /// <summary>Multiplies each coordinate.</summary>
    public static HomogeneousMatrix Scaling(params ReadOnlySpan<double> factors)
    {
        var values = new double[factors.Length + 1, factors.Length + 1];
        for (var i = 0; i < factors.Length; i++)
            values[i, i] = factors[i];
        values[factors.Length, factors.Length] = 1;
        return new HomogeneousMatrix(values);
    }

    /// <summary>Adds to each coordinate.</summary>
    public static HomogeneousMatrix Translation(params ReadOnlySpan<double> offsets)
    {
        var values = new double[offsets.Length + 1, offsets.Length + 1];
        for (var i = 0; i < offsets.Length; i++)
            (values[i, i], values[i, offsets.Length]) = (1, offsets[i]);
        values[offsets.Length, offsets.Length] = 1;
        return new HomogeneousMatrix(values);
    }

    /// <summary>Turns the plane from its first axis to its second.</summary>
    public static HomogeneousMatrix Rotation(double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        return new HomogeneousMatrix(new[,] { { cos, -sin, 0 }, { sin, cos, 0 }, { 0, 0, 1 } });
    }

    /// <summary>α·I + β·v·vᵀ + γ·[v]ₓ in space, v = (1, 1, 1)/√3 the axis of greys and [v]ₓ the cross product with it.</summary>
    public static HomogeneousMatrix AboutGrey(double alpha, double beta, double gamma)
    {
        var values = new double[4, 4];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
                values[row, column] = beta / 3;
            values[row, row] += alpha;
            values[row, (row + 1) % 3] -= gamma / Math.Sqrt(3);
            values[row, (row + 2) % 3] += gamma / Math.Sqrt(3);
        }
        values[3, 3] = 1;
        return new HomogeneousMatrix(values);
    }
}
