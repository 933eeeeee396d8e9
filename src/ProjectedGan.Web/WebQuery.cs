using System.Globalization;
using Microsoft.AspNetCore.Http;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Web;

/// <summary>Reads the parts of an address.</summary>
internal static class WebQuery
{
    public static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    /// <exception cref="FieldException">It is no number from 0 to <paramref name="most"/>.</exception>
    public static long Number(HttpContext context, string name, long standard, long most)
    {
        string? text = context.Request.Query[name];
        return string.IsNullOrEmpty(text) ? standard
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= most ? number
            : throw new FieldException(name, $"{name} is '{Shortened(text)}'; use a whole number from 0 to {most}.");
    }

    public static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
