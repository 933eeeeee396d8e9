using System.Xml.Linq;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Guides;

/// <summary>The table of docs/dependencies.md beside Directory.Packages.props.</summary>
public sealed class DependencyTableTests
{
    [Fact]
    public void Table_NamesEveryPackageWithItsVersionAndALicence()
    {
        string[] table = [.. File.ReadLines(Repository.At("docs", "dependencies.md")).SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.StartsWith('|'))];
        string[][] rows = [.. table.Select(line => line.Trim('|', ' ').Split(" | "))];
        Assert.All(rows, row => Assert.Equal(4, row.Length));
        Assert.All(rows, row => Assert.All(row, cell => Assert.NotEmpty(cell.Trim())));
        string[] pinned =
        [
            .. from element in XDocument.Load(Repository.At("Directory.Packages.props")).Descendants("PackageVersion")
               select $"{(string)element.Attribute("Include")!} {(string)element.Attribute("Version")!}",
        ];
        Assert.Equal(pinned.Order(StringComparer.Ordinal), rows.SelectMany(row => row[0].Split(", ").Select(package => $"{package} {row[1]}")).Order(StringComparer.Ordinal));
    }
}
