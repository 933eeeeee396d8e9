namespace ProjectedGan.Cli.Client;

/// <summary>Columns as wide as their widest cell, whatever the terminal's width: lines are for people, and for grep and cut alike.</summary>
internal sealed class TextTable(params string[] columns)
{
    private const string Gap = "  ";
    private readonly List<string[]> _rows = [columns];

    public bool IsEmpty => _rows.Count == 1;

    /// <param name="cells">As many as columns. Control characters, which come from other people's texts, are left out.</param>
    public void Row(params string[] cells) => _rows.Add([.. cells.Select(cell => string.Concat(cell.Where(character => !char.IsControl(character))))]);

    public void Write()
    {
        int[] widths = [.. columns.Select((_, column) => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            Console.WriteLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
