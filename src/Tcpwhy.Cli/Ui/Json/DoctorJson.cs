using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>What can be seen here as <c>tcpwhy.doctor/1</c>: see docs/schemas/doctor.json.</summary>
internal sealed record DoctorJson(string Schema, string Kernel, string User, bool Complete, IReadOnlyList<CheckJson> Checks)
{
    public static DoctorJson Of(Visibility visibility, Language language)
    {
        List<CheckJson> checks = [];
        bool complete = true;
        foreach (VisibilityCheck check in visibility.Checks)
        {
            complete &= check.Ok;
            checks.Add(new CheckJson(Translations.Get(language, check.Name), check.Ok, check.Detail, check.Unlocks,
                check.HowTo is { } how ? Translations.Get(language, how) : null));
        }
        return new DoctorJson("tcpwhy.doctor/1", visibility.Kernel, visibility.User, complete, checks);
    }
}

/// <summary>One thing that seeing needs, and the causes that it unlocks.</summary>
internal sealed record CheckJson(string Name, bool Ok, string Detail, IReadOnlyList<string> Unlocks, string? HowTo);
