using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A cause's page as <c>tcpwhy.cause/1</c>: see docs/schemas/cause.json.</summary>
internal sealed record CauseJson(string Schema, string Cause, string Title, string Page)
{
    public static CauseJson Of(CausePage page, Language language) =>
        new("tcpwhy.cause/1", page.Cause, page.Title(language), page.Body(language));
}

/// <summary>All causes as <c>tcpwhy.causes/1</c>: see docs/schemas/causes.json.</summary>
internal sealed record CausesJson(string Schema, IReadOnlyList<CauseTitleJson> Causes)
{
    public static CausesJson OfAll(Language language)
    {
        List<CauseTitleJson> causes = [];
        foreach (string cause in CausePage.Causes())
            causes.Add(new CauseTitleJson(cause, CausePage.Of(cause).Title(language)));
        return new CausesJson("tcpwhy.causes/1", causes);
    }
}

/// <summary>A cause's code and its title.</summary>
internal sealed record CauseTitleJson(string Cause, string Title);
