namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>A key: a character, or one of those that have none.</summary>
/// <param name="Name">What it is; for <see cref="KeyName.Character"/>, <paramref name="Character"/> says which.</param>
internal readonly record struct Key(KeyName Name, char Character = '\0')
{
    public static implicit operator Key(char character) => new(KeyName.Character, character);
}

/// <summary>Keys that the watch screen knows.</summary>
internal enum KeyName
{
    Character,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Escape,
    Tab,
    BackTab,
    Backspace,

    /// <summary>Ctrl-C or Ctrl-D.</summary>
    Quit,

    /// <summary>Ctrl-L.</summary>
    Redraw,
}
