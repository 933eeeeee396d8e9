namespace ProjectedGan.Testing;

/// <summary>
/// Fills the spectral-norm vectors of a weight: five power iterations in float64 from the name's stream (section 2 of the
/// golden README), because random vectors would give a norm near zero.
/// </summary>
public static class SpectralFill
{
    private const int Iterations = 5;

    /// <param name="weight">The original weight in C order.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="rowAxis">The axis whose entries are the matrix's rows.</param>
    /// <param name="u">The start of the left vector, one value a row.</param>
    /// <returns>The left vector, the right vector, both rounded to float32, and the norm u'Wv of those.</returns>
    public static (float[] U, float[] V, double Sigma) Iterate(float[] weight, long[] shape, int rowAxis, float[] u)
    {
        var matrix = MoveToFront(weight, shape, rowAxis);
        var left = Normalize(Array.ConvertAll(u, value => (double)value));
        double[] right = [];
        for (var i = 0; i < Iterations; i++)
        {
            right = Normalize(TransposedProduct(matrix, left));
            left = Normalize(Product(matrix, right));
        }

        var (roundedLeft, roundedRight) = (Round(left), Round(right));
        var sigma = Product(matrix, Array.ConvertAll(roundedRight, value => (double)value)).Zip(roundedLeft, (a, b) => a * b).Sum();
        return (roundedLeft, roundedRight, sigma);
    }

    private static float[] Round(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static float[][] MoveToFront(float[] weight, long[] shape, int axis)
    {
        var rows = shape[axis];
        var inner = shape.Skip(axis + 1).Aggregate(1L, (a, b) => a * b);
        var outer = weight.Length / (rows * inner);
        var matrix = new float[rows][];
        for (var row = 0; row < rows; row++)
        {
            matrix[row] = new float[outer * inner];
            for (var block = 0; block < outer; block++)
            {
                Array.Copy(weight, ((block * rows) + row) * inner, matrix[row], block * inner, inner);
            }
        }

        return matrix;
    }

    private static double[] TransposedProduct(float[][] matrix, double[] left)
    {
        var product = new double[matrix[0].Length];
        for (var row = 0; row < matrix.Length; row++)
        {
            for (var column = 0; column < product.Length; column++)
            {
                product[column] += matrix[row][column] * left[row];
            }
        }

        return product;
    }

    private static double[] Product(float[][] matrix, double[] right) =>
        Array.ConvertAll(matrix, row =>
        {
            var sum = 0.0;
            for (var column = 0; column < row.Length; column++)
            {
                sum += row[column] * right[column];
            }

            return sum;
        });

    private static double[] Normalize(double[] vector)
    {
        var norm = Math.Max(Math.Sqrt(vector.Sum(value => value * value)), 1e-12);
        return Array.ConvertAll(vector, value => value / norm);
    }
}
