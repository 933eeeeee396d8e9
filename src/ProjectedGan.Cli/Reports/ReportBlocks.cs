namespace ProjectedGan.Cli.Reports;

/// <summary>A part of a report, which is written as HTML and as Markdown.</summary>
internal abstract record ReportBlock;

/// <summary>The title of what follows.</summary>
/// <param name="Level">1 for the report's, 2 and 3 below.</param>
/// <param name="Text">Plain text.</param>
internal sealed record ReportHeading(int Level, string Text) : ReportBlock;

/// <summary>A paragraph of plain text.</summary>
internal sealed record ReportText(string Text) : ReportBlock;

/// <summary>A table of plain texts.</summary>
/// <param name="Columns">Their titles; the first column names the row.</param>
/// <param name="Rows">As many cells each.</param>
internal sealed record ReportTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : ReportBlock;

/// <summary>Pictures side by side.</summary>
internal sealed record ReportPictures(IReadOnlyList<ReportPicture> Pictures) : ReportBlock;

/// <summary>A PNG picture.</summary>
/// <param name="File">Its name in the folder of pictures, without the ending.</param>
/// <param name="Caption">Plain text.</param>
/// <param name="Png">The file's content.</param>
internal sealed record ReportPicture(string File, string Caption, byte[] Png);

/// <summary>Text that is shown on demand, letter by letter.</summary>
internal sealed record ReportListing(string Title, string Text) : ReportBlock;
