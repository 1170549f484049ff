" Vim settings for nncc's models.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s expandtab shiftwidth=2 softtabstop=2
" gq on the whole text formats it.
if executable('nncc')
  setlocal formatprg=nncc\ fmt\ -
endif
let b:undo_ftplugin = 'setlocal comments< commentstring< expandtab< shiftwidth< softtabstop< formatprg<'
