namespace Tcpwhy.Balancers.Reading;

/// <summary>What the haproxy.cfg files of one HAProxy say together, in the order in which it reads them.</summary>
public sealed class HaproxySetup
{
    private HaproxySetup(IReadOnlyList<HaproxySection> sections) => Sections = sections;

    public IReadOnlyList<HaproxySection> Sections { get; }

    /// <summary>frontend and listen sections.</summary>
    public IEnumerable<HaproxySection> Fronts => Sections.Where(section => section.IsFront);

    /// <summary>backend and listen sections.</summary>
    public IEnumerable<HaproxySection> Backs => Sections.Where(section => section.IsBack);

    /// <summary>Reads the files; a proxy inherits from the last defaults before it, or from those that it names.</summary>
    /// <exception cref="InvalidDataException">One is malformed; the message begins with file and line.</exception>
    public static HaproxySetup Read(params IEnumerable<SourceFile> files)
    {
        List<HaproxySection> sections = [];
        Dictionary<string, string> variables = [];
        foreach (SourceFile file in files)
            sections.AddRange(new HaproxyReader(file, variables).Read());
        HaproxySection? last = null;
        foreach (HaproxySection section in sections)
        {
            if (section.From is { } from)
            {
                section.Defaults = sections.Find(one => one.Kind == "defaults" && one.Name == from && one != section)
                    ?? throw section.Head.File.Wrong(section.Head.Start, $"there are no defaults called '{from}'");
            }
            else if (section.Kind is "frontend" or "backend" or "listen")
            {
                section.Defaults = last;
            }
            if (section.Kind == "defaults")
                last = section;
        }
        // Each time is read once here, so that a wrong one is told whether or not a rule asks for it.
        foreach (HaproxyLine timeout in sections.SelectMany(section => section.Lines).Where(line => line[0] == "timeout"))
            timeout.Time(2);
        return new HaproxySetup(sections);
    }

    /// <summary>The backends to which a frontend sends requests.</summary>
    public IEnumerable<HaproxySection> BacksOf(HaproxySection front)
    {
        if (front.Kind == "listen")
            yield return front;
        foreach (HaproxySection back in Sections)
        {
            if (back.Kind == "backend" && (front.Find("default_backend")?[1] == back.Name || front.Lines.Any(line => line[0] == "use_backend" && line[1] == back.Name)))
                yield return back;
        }
    }
}
