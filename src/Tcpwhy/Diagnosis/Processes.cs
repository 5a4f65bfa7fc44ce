using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Processes of one name at one end of a finding: the first stands for all.</summary>
internal sealed class Processes
{
    // A loop that runs all day starts a new one every second; nobody reads a list of them.
    private const int Most = 100;

    private readonly HashSet<int> _pids = [];
    private readonly List<int> _more = [];

    public ProcessInfo? First { get; private set; }

    /// <summary>Pids of the others, in the order in which they came.</summary>
    public IReadOnlyList<int> More => [.. _more];

    /// <summary>Takes one process, with others for which it stood; of another name than the first it is left out.</summary>
    public void Add(ProcessInfo? process, IReadOnlyList<int> more)
    {
        if (process is null || (First is not null && First.Comm != process.Comm))
            return;
        First ??= process;
        Add(process.Pid);
        foreach (int pid in more)
            Add(pid);
    }

    /// <summary>The text with the first's name, and how many others there are, where it names <paramref name="one"/> of them, that stood for <paramref name="others"/>.</summary>
    public string Named(string text, ProcessInfo? one, int others) =>
        _more.Count == 0 || one is null ? text : text.Replace(Phrases.Process(one, others), Phrases.Process(First!, _more.Count), StringComparison.Ordinal);

    private void Add(int pid)
    {
        if (_pids.Count < Most && _pids.Add(pid) && pid != First!.Pid)
            _more.Add(pid);
    }
}
