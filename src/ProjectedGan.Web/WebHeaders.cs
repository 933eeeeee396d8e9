using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ProjectedGan.Web;

/// <summary>What browsers are told about every answer: run nothing and load nothing but what comes from here.</summary>
internal static class WebHeaders
{
    // Images with a token are fetched by script and shown as blobs.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void AddTo(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers[HeaderNames.Vary] = HeaderNames.Authorization;
    }
}
