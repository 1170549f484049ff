import NNCommands

Tool.nnrun.runAndExit()
