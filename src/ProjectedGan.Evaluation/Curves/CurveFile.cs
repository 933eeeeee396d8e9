using System.Text;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Foundation;

namespace ProjectedGan.Evaluation.Curves;

/// <summary>
/// A text file of a run that grows by lines, one header line first. Each line is on the disk before <see cref="Append"/> returns.
/// </summary>
/// <param name="name">What messages call such a file.</param>
/// <param name="header">Its first line.</param>
/// <param name="write">A row as a line without its end.</param>
/// <param name="parse">The row of a line; null where it is none.</param>
internal sealed class CurveFile<TRow>(string name, string header, Func<TRow, string> write, Func<string, TRow?> parse)
    where TRow : class
{
    /// <summary>Replaces all rows.</summary>
    /// <exception cref="PganException">The file cannot be written; what was there is unchanged.</exception>
    public void Write(string path, IEnumerable<TRow> rows)
    {
        var text = header + "\n" + string.Concat(rows.Select(row => write(row) + "\n"));
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>
    /// Keeps the rows for which <paramref name="keep"/> holds, and drops a last line that a crash cut short; makes the file where there is
    /// none.
    /// </summary>
    /// <exception cref="EvaluationException">The file is of another kind.</exception>
    /// <exception cref="PganException">The file cannot be written; what was there is unchanged.</exception>
    public void Keep(string path, Func<TRow, bool> keep) => Write(path, File.Exists(path) ? Read(path).Where(keep) : []);

    /// <summary>Adds rows.</summary>
    /// <exception cref="EvaluationException">The file cannot be written.</exception>
    public void Append(string path, params IEnumerable<TRow> rows)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            var text = (stream.Position == 0 ? header + "\n" : "") + string.Concat(rows.Select(row => write(row) + "\n"));
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"'{path}' cannot be extended: {error.Message}");
        }
    }

    /// <summary>All rows in the order of the file. A last line without its end is left out: it was cut short.</summary>
    /// <exception cref="EvaluationException">The file cannot be read or a line is no row.</exception>
    public IReadOnlyList<TRow> Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"'{path}' cannot be read: {error.Message}");
        }

        var lines = text.Split('\n');
        if (lines[0] != header && lines.Length > 1)
        {
            throw new EvaluationException($"'{path}' starts with '{lines[0]}'; {name} starts with '{header}'.");
        }

        return [.. lines.Take(lines.Length - 1).Index().Skip(1).Select(line => parse(line.Item) ?? throw new EvaluationException(
            $"'{path}', line {line.Index + 1}: '{line.Item}' is no measurement; '{header}' is expected. Remove the line or the file."))];
    }
}
